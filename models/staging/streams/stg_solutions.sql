{{ used_stream('solutions') }}
