{{ dated_stream('opportunity_people') }}
