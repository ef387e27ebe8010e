{{ base_stream('files', 'account_links') }}
