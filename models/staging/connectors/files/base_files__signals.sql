{{ base_stream('files', 'signals') }}
