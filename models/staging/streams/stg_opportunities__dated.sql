{{ dated_stream('opportunities') }}
