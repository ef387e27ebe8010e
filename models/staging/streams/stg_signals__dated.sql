{{ dated_stream('signals') }}
