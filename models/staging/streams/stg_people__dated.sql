{{ dated_stream('people') }}
