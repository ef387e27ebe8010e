{{ base_table('hubspot', 'company_company') }}
