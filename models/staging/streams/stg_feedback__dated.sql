{{ dated_stream('feedback') }}
