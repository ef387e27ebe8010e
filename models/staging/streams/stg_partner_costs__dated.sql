{{ dated_stream('partner_costs') }}
