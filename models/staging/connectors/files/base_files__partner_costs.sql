{{ base_stream('files', 'partner_costs') }}
