{{ base_stream('files', 'needs') }}
