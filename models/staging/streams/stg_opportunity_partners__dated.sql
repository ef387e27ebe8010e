{{ dated_stream('opportunity_partners') }}
