"""The look in code: icons, tags of states, the hive and the ruler of 19, dates as they are written here.

Plain functions that return safe HTML, for the template tags of `hubportal.templatetags.portal` and for the
columns of the admin. No models, nothing of the trade but the drawing of the 19.
"""
