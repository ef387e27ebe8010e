{{ base_table('partnerstack', 'rewards') }}
