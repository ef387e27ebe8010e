{{ checked_stream('tickets') }}
