{{ base_columns_found('partnerstack') }}
