{{ dated_stream('touches') }}
