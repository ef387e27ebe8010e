{{ base_stream('files', 'actions') }}
