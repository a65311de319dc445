document.title = 'ahoy';
