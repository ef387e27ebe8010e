{{ base_table('partnerstack', 'partnerships') }}
