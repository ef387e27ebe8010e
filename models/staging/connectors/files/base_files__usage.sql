{{ base_stream('files', 'usage') }}
