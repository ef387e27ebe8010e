{{ base_table('partnerstack', 'deals') }}
