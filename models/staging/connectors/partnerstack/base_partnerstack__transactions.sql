{{ base_table('partnerstack', 'transactions') }}
