{{ checked_stream('opportunity_partners') }}
