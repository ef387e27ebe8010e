{{ base_stream('files', 'people') }}
