{{ dated_stream('account_links') }}
