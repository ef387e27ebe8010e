{{ base_table('partnerstack', 'customers') }}
