{{ checked_stream('solutions') }}
