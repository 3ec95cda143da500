"""The window: Qt Widgets over the engine. The only package that imports PySide6.

It talks to the engine through ``bridge`` alone: ids go in and nobody waits, frozen events come out. What is on the
screen changes because an event came, never because a button was pressed.

Read in this order. Underneath: ``qt`` (what Qt leaves open), ``tr`` (texts and translation), ``hub_names``,
``amounts``, ``tip``, ``theme`` (colours, fonts, style sheet), ``icons`` (signs on buttons), ``menu_button``,
``rate_menu``, ``painting`` (what delegates draw with), ``background`` (work in a thread), ``pictures`` with
``picture_file`` (reading them) and ``picture_loader`` (from the engine to the screen).

The children of a collection, from values to pixels: ``sums`` and ``rows`` (children as columns), ``resource_index``
(filter and order, without Qt), ``arrangement`` (rows that stay right while children change), ``queue_order``,
``children`` (what events make of them), ``failure_text``, ``row_action`` and ``state_text`` (what a state is called,
and what a row offers), ``cell_text``, ``selection`` (ids), ``chosen`` (the rows of these), ``resource_cells`` (what Qt
asks), ``arranger`` (rows worked out in a thread), ``leavings``, ``resource_table_model``, ``selection_model`` (ids for
Qt's views), ``row_pointer`` (what the mouse means), ``row_delegate``, ``resource_delegate``, ``state_delegate`` and
``resource_card_delegate`` (painting), ``resource_header``, ``resource_view`` (the list), ``resource_grid`` (the
pictures).

The collections: ``collection_groups``, ``collection_tree_model``, ``collection_delegate``, ``collection_view``.

The window: ``program`` (where everything is put together), ``application`` (how it starts and ends), ``bridge``,
``main_window`` and its parts ``toolbar``, ``collection_pane``, ``resource_pane`` with ``header``, ``tab_bar``,
``filters``, ``action_bar``, ``resource_menu``, ``empty_state`` and ``empty_list``, ``activity`` with ``speed_curve``,
``toast``, ``tray``, ``notice_bar``. What goes to the engine: ``resource_wishes``, ``resource_commands``,
``collection_commands``, ``intake`` (what is pasted, dropped or named). What comes from it: ``shown`` (the lists),
``totals``, ``indicators``. Its life: ``beginning``, ``memory``, ``recall``, ``closing``, ``awake``, ``revival`` (an
engine that a fault has ended).

From a wish to a start: ``locator_lines``, ``locator_edit``, ``line_problem_list_model`` and ``add_dialog``;
``forecast``, ``planning``, ``plan_model``, ``plan_text``, ``plan_table_model``, ``plan_rows``, ``plan_view``,
``library_choice`` and ``plan_dialog``.
Files whose bytes are wrong: ``kept_table_model``, ``quarantine_dialog``, ``quarantine``, ``question``.
Settings: ``check_box``, ``number_boxes``, ``editor``, ``rows_editor`` (several entries), ``folders_editor``,
``hosts_editor``, ``proxy_editor``, ``setting_editors`` (which one for which field), ``desktop_links`` and
``links_setting`` (who opens links), ``settings_dialog``.
Other dialogs: ``dialog`` (what all have in common), ``remedies``, ``rate_dialog``, ``report_dialog``, ``about`` with
``licences``, ``language``.
"""
