<?php
// Makes the blog and its people once; writes their application passwords to the file named PEER_WP_OUT.
$site = parse_url(getenv('PEER_WP_URL'));
$_SERVER += ['HTTP_HOST' => "{$site['host']}:{$site['port']}", 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1'];
define('WP_INSTALLING', true);
require getenv('PEER_WP_ROOT') . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install('Peer blog', 'admin', 'admin@example.test', true, '', 'admin-password-only');
$options = ['permalink_structure' => '/%year%/%monthnum%/%postname%/', 'default_pingback_flag' => 0, 'comment_previously_approved' => 0];
$options['comment_moderation'] = getenv('PEER_WP_HOLDS') === '0' ? 0 : 1;
array_walk($options, fn ($value, $name) => update_option($name, $value));

$people = [];
foreach (['admin' => 'administrator', 'emma' => 'editor', 'sam' => 'subscriber'] as $login => $role) {
    $known = get_user_by('login', $login);
    $id = $known ? $known->ID : wp_insert_user([
        'user_login' => $login, 'user_pass' => "$login-password-only", 'user_email' => "$login@example.test", 'role' => $role,
    ]);
    [$password] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'parvis']);
    $people[$login] = ['id' => $id, 'app_password' => $password];
}
file_put_contents(getenv('PEER_WP_OUT'), json_encode(['url' => getenv('PEER_WP_URL'), 'people' => $people]));
