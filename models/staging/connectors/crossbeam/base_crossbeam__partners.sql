{{ base_table('crossbeam', 'partners') }}
