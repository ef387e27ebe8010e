{{ base_columns_found('salesforce') }}
