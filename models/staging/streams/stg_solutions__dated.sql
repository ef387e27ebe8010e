{{ dated_stream('solutions') }}
