{{ dated_stream('needs') }}
