{{ used_stream('opportunity_partners') }}
