{{ used_stream('partner_costs') }}
