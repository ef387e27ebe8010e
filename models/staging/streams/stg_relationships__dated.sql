{{ dated_stream('relationships') }}
