{{ base_table('partnerstack', 'leads') }}
