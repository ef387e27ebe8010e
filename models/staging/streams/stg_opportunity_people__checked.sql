{{ checked_stream('opportunity_people') }}
