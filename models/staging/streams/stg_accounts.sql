{{ used_stream('accounts') }}
