{{ dated_stream('tickets') }}
