-- 0008_no_callback_mode: the setting callbacks.mode is gone; the permission dynamic_callback alone decides.
-- Every version is changed, so that the history does not show a setting that no command knows.

UPDATE merchant_settings SET settings = settings #- '{callbacks,mode}'
WHERE settings #> '{callbacks,mode}' IS NOT NULL;
