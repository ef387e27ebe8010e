{{ checked_stream('accounts') }}
