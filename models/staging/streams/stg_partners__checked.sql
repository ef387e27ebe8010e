{{ checked_stream('partners') }}
