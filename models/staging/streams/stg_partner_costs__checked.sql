{{ checked_stream('partner_costs') }}
