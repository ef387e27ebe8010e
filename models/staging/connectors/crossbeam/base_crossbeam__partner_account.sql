{{ base_table('crossbeam', 'partner_account') }}
