"""The news this app tells."""

from apps.core.news import News

stock_changed = News("stock_changed")  # location_id, products: ids whose shelf line changed
