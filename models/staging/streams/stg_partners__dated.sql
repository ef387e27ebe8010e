{{ dated_stream('partners') }}
