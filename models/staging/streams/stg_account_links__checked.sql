{{ checked_stream('account_links') }}
