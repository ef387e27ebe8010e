{{ dated_stream('usage') }}
