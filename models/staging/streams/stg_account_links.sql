{{ used_stream('account_links') }}
