<?php
// Loaded by WordPress itself: no mail leaves, a test may comment more often than every 15 seconds, and what regulars
// say is public at once.
add_filter('pre_wp_mail', '__return_true');
add_filter('comment_flood_filter', '__return_false', 99);
add_filter('pre_comment_approved', function ($approved, $comment) {
    return $approved === 0 && str_starts_with($comment['comment_author_email'], 'regular-') ? 1 : $approved;
}, 10, 2);
