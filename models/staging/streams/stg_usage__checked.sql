{{ checked_stream('usage') }}
