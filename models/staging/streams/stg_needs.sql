{{ used_stream('needs') }}
