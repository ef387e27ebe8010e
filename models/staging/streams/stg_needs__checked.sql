{{ checked_stream('needs') }}
