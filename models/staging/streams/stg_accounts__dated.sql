{{ dated_stream('accounts') }}
